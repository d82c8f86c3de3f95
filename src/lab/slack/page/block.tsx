import { Fragment } from 'react';
import { isObject, type JsonObject } from '../slack-objects.ts';
import { BlockImage } from './block-image.tsx';
import { Element } from './element.tsx';
import { Markdown } from './markdown.tsx';
import { RichText } from './rich-text.tsx';
import { useSurface } from './surface.ts';
import { TextObject, wordsOf } from './text-object.tsx';

interface BlockProps {
  readonly block: JsonObject;
}

const objects = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const idOf = (block: JsonObject): string => String(block.block_id ?? '');

const Section = ({ block }: BlockProps) => (
  <div className="block-section">
    <div className="block-section-words">
      <TextObject value={block.text} />
      {Array.isArray(block.fields) ? (
        <div className="fields">
          {objects(block.fields).map((field, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: fields have no other identity.
            <div key={index} className="field-pair">
              <TextObject value={field} />
            </div>
          ))}
        </div>
      ) : null}
    </div>
    {isObject(block.accessory) ? (
      <div className="block-section-accessory">
        <Element element={block.accessory} blockId={idOf(block)} />
      </div>
    ) : null}
  </div>
);

const Context = ({ block }: BlockProps) => (
  <div className="block-context">
    {objects(block.elements).map((element, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: elements have no other identity.
      <Fragment key={index}>
        {element.type === 'image' ? <BlockImage image={element} size="tiny" /> : <TextObject value={element} />}
      </Fragment>
    ))}
  </div>
);

const Actions = ({ block }: BlockProps) => (
  <div className="block-actions">
    {objects(block.elements).map((element, index) => (
      <Element key={String(element.action_id ?? index)} element={element} blockId={idOf(block)} />
    ))}
  </div>
);

const Input = ({ block }: BlockProps) => {
  const { errors } = useSurface();
  const error = errors[idOf(block)];
  const label = wordsOf(block.label);
  if (!isObject(block.element)) return null;
  return (
    <div className={`block-input${error === undefined ? '' : ' block-input-wrong'}`}>
      <div className="block-input-label" aria-hidden="true">
        {label} {block.optional === true ? <span className="quiet">(optional)</span> : null}
      </div>
      <Element
        element={block.element}
        blockId={idOf(block)}
        sends={block.dispatch_action === true}
        label={error === undefined ? label : `${label}: ${error}`}
      />
      {error === undefined ? null : (
        <p className="block-input-error" role="alert" data-testid="input-error">
          {error}
        </p>
      )}
      {isObject(block.hint) ? <p className="quiet">{wordsOf(block.hint)}</p> : null}
    </div>
  );
};

const Cell = ({ cell }: { readonly cell: JsonObject }) =>
  cell.type === 'rich_text' ? <RichText block={cell} /> : String(cell.text ?? '');

const Table = ({ block }: BlockProps) => {
  const settings = objects(block.column_settings);
  const rows = (Array.isArray(block.rows) ? block.rows : []).map(objects);
  const style = (column: number) => ({ textAlign: settings[column]?.align as 'left' | 'center' | 'right' | undefined });
  return (
    <div className="table-frame">
      <table className="block-table">
        <tbody>
          {rows.map((cells, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity.
            <tr key={row}>
              {cells.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells have no other identity.
                <td key={column} style={style(column)}>
                  <Cell cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

const kinds: Readonly<Record<string, (props: BlockProps) => React.ReactNode>> = {
  section: Section,
  context: Context,
  actions: Actions,
  input: Input,
  table: Table,
  header: ({ block }) => (
    <h3 className="block-header">
      <TextObject value={block.text} />
    </h3>
  ),
  divider: () => <hr className="block-divider" />,
  image: ({ block }) => <BlockImage image={block} size="full" />,
  rich_text: ({ block }) => <RichText block={block} />,
  markdown: ({ block }) => <Markdown text={typeof block.text === 'string' ? block.text : ''} />,
};

/** Blocks, one below the other. A kind that is not known here says so instead of vanishing. */
export const Blocks = ({ blocks }: { readonly blocks: readonly JsonObject[] }) => (
  <div className="blocks">
    {blocks.map((block, index) => {
      const Kind = kinds[String(block.type)];
      const key = idOf(block) || index;
      if (Kind === undefined)
        return (
          <p key={key} className="quiet">
            [a {String(block.type)} block is not shown here]
          </p>
        );
      return <Kind key={key} block={block} />;
    })}
  </div>
);
