import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../domain/json.ts';

/** Every Chaos Mesh experiment in a folder of YAML files, in the order of their names; none when there is no such folder. */
export const readExperiments = (folder: string): readonly JsonObject[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /\.ya?ml$/.test(name))
        .sort()
        .flatMap((name) => parseAllDocuments(readFileSync(join(folder, name), 'utf8')))
        .map((document) => document.toJSON() as JsonObject | null)
        .filter((object) => object !== null && String(object.apiVersion ?? '').startsWith('chaos-mesh.org/'))
        .filter((object): object is JsonObject => object !== null)
    : [];
