import { useMemo } from 'react';
import { isObject, type JsonObject, type SlackMessage } from '../slack-objects.ts';
import { Blocks } from './block.tsx';
import { Files } from './files.tsx';
import { initialValues, useFormState } from './form-state.ts';
import { Mrkdwn } from './mrkdwn.tsx';
import { SurfaceProvider } from './surface.ts';

const noErrors = {};

const Attachment = ({ attachment }: { readonly attachment: JsonObject }) => {
  const blocks = Array.isArray(attachment.blocks) ? attachment.blocks.filter(isObject) : [];
  const colour =
    typeof attachment.color === 'string' && /^#?[0-9a-f]{6}$/i.test(attachment.color) ? attachment.color : '';
  const words = [attachment.pretext, attachment.title, attachment.text].filter((part) => typeof part === 'string');
  return (
    <div className="attachment" style={colour === '' ? {} : { borderColor: `#${colour.replace('#', '')}` }}>
      {blocks.length > 0 ? <Blocks blocks={blocks} /> : <Mrkdwn text={words.join('\n')} />}
    </div>
  );
};

/** What a message says: its blocks if it has any, else its text; then attachments and files. */
export const MessageBody = ({ message }: { readonly message: SlackMessage }) => {
  const blocks = message.blocks ?? [];
  const initial = useMemo(() => initialValues(message.blocks ?? []), [message.blocks]);
  const form = useFormState(initial);
  const surface = { at: { channel: message.channel, ts: message.ts }, form, errors: noErrors };
  return (
    <SurfaceProvider value={surface}>
      {blocks.length > 0 ? <Blocks blocks={blocks} /> : <Mrkdwn text={message.text} />}
      {(message.attachments ?? []).map((attachment, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: attachments have no other identity.
        <Attachment key={index} attachment={attachment} />
      ))}
      {message.files === undefined ? null : <Files files={message.files} />}
    </SurfaceProvider>
  );
};
