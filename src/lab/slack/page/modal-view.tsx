import { useMemo, useState } from 'react';
import { isObject, type SlackView } from '../slack-objects.ts';
import { Blocks } from './block.tsx';
import { Dialog } from './dialog.tsx';
import { initialValues, useFormState } from './form-state.ts';
import { usePage } from './page-context.ts';
import { SurfaceProvider } from './surface.ts';
import { wordsOf } from './text-object.tsx';

const isBlank = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** The required inputs that are still empty, with Slack's word for it. */
const missing = (view: SlackView, values: Readonly<Record<string, unknown>>): Record<string, string> => {
  const errors: Record<string, string> = {};
  for (const block of view.blocks) {
    if (block.type !== 'input' || block.optional === true || !isObject(block.element)) continue;
    const ofBlock = values[String(block.block_id)];
    const state = isObject(ofBlock) ? ofBlock[String(block.element.action_id ?? '')] : undefined;
    const content = isObject(state) ? Object.entries(state).find(([key]) => key !== 'type')?.[1] : undefined;
    if (isBlank(content)) errors[String(block.block_id)] = 'Please fill this in.';
  }
  return errors;
};

const readErrors = (payload: Readonly<Record<string, unknown>>): Record<string, string> =>
  payload.response_action === 'errors' && isObject(payload.errors)
    ? Object.fromEntries(Object.entries(payload.errors).map(([block, text]) => [block, String(text)]))
    : {};

/** A modal that the app opened: a form that is sent, checked by the app, and closed or kept open with its errors. */
export const ModalView = ({ view }: { readonly view: SlackView }) => {
  const { act } = usePage();
  const initial = useMemo(() => initialValues(view.blocks), [view.blocks]);
  const form = useFormState(initial);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);

  const submit = async (): Promise<void> => {
    const wrong = missing(view, form.values);
    setErrors(wrong);
    if (Object.keys(wrong).length > 0) return;
    setBusy(true);
    const answer = await act('submit', { viewId: view.id, values: form.values });
    setBusy(false);
    setErrors(readErrors(answer.payload));
  };
  const close = (): void => void act('close', { viewId: view.id });

  return (
    <Dialog
      title={wordsOf(view.title)}
      testId="modal"
      onClose={close}
      footer={
        <>
          <button type="button" className="button" onClick={close}>
            {wordsOf(view.close) || (view.submit === null ? 'Close' : 'Cancel')}
          </button>
          {view.submit === null ? null : (
            <button
              type="button"
              className={`button button-primary${busy ? ' button-busy' : ''}`}
              aria-busy={busy}
              data-testid="modal-submit"
              onClick={() => void submit()}
            >
              {wordsOf(view.submit)}
            </button>
          )}
        </>
      }
    >
      <SurfaceProvider value={{ at: { viewId: view.id }, form, errors }}>
        <Blocks blocks={view.blocks} />
      </SurfaceProvider>
    </Dialog>
  );
};
