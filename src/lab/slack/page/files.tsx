import { useState } from 'react';
import { createPortal } from 'react-dom';
import type { SlackFile } from '../slack-objects.ts';
import { Picture } from './block-image.tsx';
import { Dialog } from './dialog.tsx';
import { Icon } from './icon.tsx';
import { Markdown } from './markdown.tsx';
import { Preformatted } from './mrkdwn.tsx';

const sizeOf = (bytes: number): string =>
  bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(bytes < 10_240 ? 1 : 0)} kB`;

/** Files are served by this page's own server, whatever name it has there. */
const localUrl = (file: SlackFile): string => new URL(file.url_private).pathname;

const Preview = ({
  file,
  text,
  onClose,
}: {
  readonly file: SlackFile;
  readonly text: string;
  readonly onClose: () => void;
}) =>
  createPortal(
    <Dialog
      size="wide"
      title={file.title}
      testId="file-preview"
      onClose={onClose}
      footer={
        <a className="button" href={`${localUrl(file)}?download=1`}>
          Download
        </a>
      }
    >
      {file.filetype === 'markdown' ? <Markdown text={text} /> : <Preformatted text={text} />}
    </Dialog>,
    document.body,
  );

const FileCard = ({ file }: { readonly file: SlackFile }) => {
  const [text, setText] = useState<string | null>(null);
  const isText = file.mimetype.startsWith('text/') || file.mimetype === 'application/json';
  const open = async (): Promise<void> => {
    const response = await fetch(localUrl(file));
    setText(await response.text());
  };
  const inside = (
    <>
      <span className="file-icon">
        <Icon name="file" />
      </span>
      <span className="file-words">
        <strong>{file.title}</strong>
        <span className="quiet">
          {file.filetype} · {sizeOf(file.size)}
        </span>
      </span>
    </>
  );
  if (!isText)
    return (
      <a className="file" href={`${localUrl(file)}?download=1`} data-testid={`file-${file.id}`}>
        {inside}
      </a>
    );
  return (
    <>
      <button type="button" className="file" onClick={() => void open()} data-testid={`file-${file.id}`}>
        {inside}
      </button>
      {text === null ? null : <Preview file={file} text={text} onClose={() => setText(null)} />}
    </>
  );
};

/** The files of a message: pictures as pictures, texts to be opened here, all else to be downloaded. */
export const Files = ({ files }: { readonly files: readonly SlackFile[] }) => (
  <div className="files">
    {files.map((file) =>
      file.mimetype.startsWith('image/') ? (
        <figure key={file.id} className="block-image">
          <figcaption>{file.title}</figcaption>
          <Picture source={localUrl(file)} words={file.alt_txt ?? file.title} title={file.title} />
        </figure>
      ) : (
        <FileCard key={file.id} file={file} />
      ),
    )}
  </div>
);
