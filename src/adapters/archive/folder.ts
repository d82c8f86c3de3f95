import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive } from '../../ports/archive.ts';

/** Keeps post-mortems as Markdown files in a folder, named by incident number and Incident-UID. */
export const createFolderArchive = (folder: string): Archive => ({
  keep: async (uid, name, markdown) => {
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${name}-${uid}.md`);
    // A reader must never meet half a document, also after a crash in the middle.
    await writeFile(`${path}.part`, markdown);
    await rename(`${path}.part`, path);
    return path;
  },
});
