import type { JsonObject } from '../slack-objects.ts';
import { BlockImage } from './block-image.tsx';
import { ButtonElement, OverflowElement } from './button-element.tsx';
import { ChoiceElement, SelectElement } from './choice-element.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { InputElement } from './input-element.tsx';
import { useElement } from './surface.ts';

/** What every kind of element is given. `label` is for those whose name stands elsewhere, as in an `input` block. */
export interface ElementProps {
  readonly element: JsonObject;
  readonly blockId: string;
  readonly use: ReturnType<typeof useElement>;
  readonly label: string | undefined;
}

const kinds: Readonly<Record<string, (props: ElementProps) => React.ReactNode>> = {
  button: ButtonElement,
  overflow: OverflowElement,
  checkboxes: ChoiceElement,
  radio_buttons: ChoiceElement,
  multi_static_select: ChoiceElement,
  static_select: SelectElement,
  users_select: SelectElement,
  channels_select: SelectElement,
  conversations_select: SelectElement,
  datepicker: InputElement,
  timepicker: InputElement,
  plain_text_input: InputElement,
  number_input: InputElement,
  email_text_input: InputElement,
  url_text_input: InputElement,
};

/** Any element of a block. `sends` is false inside an `input` block that waits for its form to be sent. */
export const Element = (props: {
  readonly element: JsonObject;
  readonly blockId: string;
  readonly sends?: boolean;
  readonly label?: string;
}) => {
  const use = useElement(props.element, props.blockId, props.sends ?? true);
  if (props.element.type === 'image') return <BlockImage image={props.element} size="thumb" />;
  const Kind = kinds[String(props.element.type)];
  if (Kind === undefined) return <span className="quiet">[{String(props.element.type)} is not shown here]</span>;
  return (
    <>
      <Kind element={props.element} blockId={props.blockId} use={use} label={props.label} />
      {use.asking === null ? null : <ConfirmDialog confirm={use.asking} onYes={use.confirm} onNo={use.cancel} />}
    </>
  );
};
