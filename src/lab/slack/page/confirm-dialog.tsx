import { createPortal } from 'react-dom';
import type { JsonObject } from '../slack-objects.ts';
import { Dialog } from './dialog.tsx';
import { TextObject, wordsOf } from './text-object.tsx';

/** Asks before an element is used, in the app's words. */
export const ConfirmDialog = (props: {
  readonly confirm: JsonObject;
  readonly onYes: () => void;
  readonly onNo: () => void;
}) =>
  createPortal(
    <Dialog
      size="small"
      testId="confirm"
      title={wordsOf(props.confirm.title)}
      onClose={props.onNo}
      footer={
        <>
          <button type="button" className="button" data-testid="confirm-deny" onClick={props.onNo}>
            {wordsOf(props.confirm.deny)}
          </button>
          <button
            type="button"
            className={`button button-${props.confirm.style === 'danger' ? 'danger' : 'primary'}`}
            data-testid="confirm-yes"
            onClick={props.onYes}
          >
            {wordsOf(props.confirm.confirm)}
          </button>
        </>
      }
    >
      <TextObject value={props.confirm.text} />
    </Dialog>,
    document.body,
  );
