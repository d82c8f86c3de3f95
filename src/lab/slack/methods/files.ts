import type { Arguments } from '../arguments.ts';
import { joinedChannelOf, type Methods } from '../method.ts';
import { refuse } from '../refusal.ts';
import type { Site } from '../site.ts';
import { type JsonObject, present, type SlackFile } from '../slack-objects.ts';
import type { StoredFile } from '../workspace.ts';

const bytesMax = 20 * 1024 * 1024;

const mimetypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  md: 'text/markdown',
  markdown: 'text/markdown',
  json: 'application/json',
  csv: 'text/csv',
  pdf: 'application/pdf',
};

const describeFile = (site: Site, stored: StoredFile, title: string): SlackFile => {
  const extension = stored.name.split('.').at(-1)?.toLowerCase() ?? '';
  const url = `${site.baseUrl()}/files-pri/${stored.id}/${encodeURIComponent(stored.name)}`;
  return present({
    id: stored.id,
    name: stored.name,
    title,
    mimetype: mimetypes[extension] ?? 'text/plain',
    filetype: extension === 'md' ? 'markdown' : extension || 'text',
    size: stored.bytes?.length ?? 0,
    user: site.workspace.app.botUserId,
    created: Math.floor(site.workspace.nowMs() / 1000),
    url_private: url,
    url_private_download: `${url}?download=1`,
    permalink: url,
    alt_txt: stored.altText,
  });
};

const complete = (site: Site, entry: JsonObject): StoredFile => {
  const stored = site.workspace.files.get(String(entry.id)) ?? refuse('file_not_found');
  if (stored.bytes === undefined) refuse('file_not_found');
  const file = describeFile(site, stored, typeof entry.title === 'string' ? entry.title : stored.name);
  const done = { ...stored, file };
  site.workspace.files.set(stored.id, done);
  return done;
};

/** Slack shares an uploaded file some time after the upload's last call has returned; so do we. */
const shareLater = (args: Arguments, site: Site, files: readonly StoredFile[]): void => {
  const channel = args.has('channel_id') ? joinedChannelOf(args, site, 'channel_id').id : undefined;
  const thread = args.text('thread_ts');
  const text = args.text('initial_comment') ?? '';
  site.later(() => {
    const draft = { channel: channel ?? '', user: site.workspace.app.botUserId, text, thread };
    const shown = files.flatMap(({ file }) => (file === undefined ? [] : [file]));
    const ts = channel === undefined ? undefined : site.conversation.post({ ...draft, files: shown }).message.ts;
    for (const stored of files) {
      const shares =
        channel === undefined || ts === undefined ? stored.shares : [...stored.shares, { channel, ts, thread }];
      site.workspace.files.set(stored.id, { ...stored, ready: true, shares });
    }
  }, site.fileReadyMs);
};

const wireFile = (stored: StoredFile): JsonObject => {
  const shares = Object.fromEntries(
    stored.shares.map(({ channel, ts, thread }) => [channel, [present({ ts, thread_ts: thread })]]),
  );
  return { ...stored.file, ...(stored.ready ? {} : { mimetype: '' }), shares: { public: shares } };
};

/** Uploads in three steps: ask for a url, send the bytes there, complete. */
export const fileMethods: Methods = {
  'files.getUploadURLExternal': (args, site) => {
    const name = args.need('filename');
    const length = Number(args.need('length'));
    if (!Number.isInteger(length) || length <= 0 || length > bytesMax) refuse('invalid_arguments');
    const id = site.workspace.newId('F');
    const altText = args.text('alt_text') ?? args.text('alt_txt');
    site.workspace.files.set(id, {
      id,
      name,
      length,
      altText,
      bytes: undefined,
      file: undefined,
      ready: false,
      shares: [],
    });
    return { upload_url: `${site.baseUrl()}/upload/${id}`, file_id: id };
  },
  'files.completeUploadExternal': (args, site) => {
    const entries = args.objects('files') ?? refuse('invalid_arguments');
    if (args.has('channel_id')) joinedChannelOf(args, site, 'channel_id');
    const files = entries.map((entry) => complete(site, entry));
    shareLater(args, site, files);
    return { files: files.map(({ id, file }) => ({ id, title: file?.title ?? '' })) };
  },
  'files.info': (args, site) => {
    const stored = site.workspace.files.get(args.need('file')) ?? refuse('file_not_found');
    if (stored.file === undefined) refuse('file_not_found');
    return { file: wireFile(stored), comments: [] };
  },
};
