import { useState } from 'react';
import { createPortal } from 'react-dom';
import { isObject, type JsonObject } from '../slack-objects.ts';
import { Dialog } from './dialog.tsx';

const sourceOf = (image: JsonObject): string => {
  if (typeof image.image_url === 'string') return image.image_url;
  const file = isObject(image.slack_file) ? image.slack_file : {};
  if (typeof file.url === 'string') return file.url;
  return typeof file.id === 'string' ? `/files-pri/${file.id}/image` : '';
};

/** A picture that opens larger on click, with its words for those who do not see it. */
export const Picture = (props: { readonly source: string; readonly words: string; readonly title: string }) => {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="picture" onClick={() => setOpen(true)} aria-label={`Enlarge: ${props.words}`}>
        <img src={props.source} alt={props.words} loading="lazy" />
      </button>
      {open
        ? createPortal(
            <Dialog size="wide" title={props.title || 'Image'} onClose={() => setOpen(false)}>
              <img className="picture-large" src={props.source} alt={props.words} />
              <p className="quiet">{props.words}</p>
            </Dialog>,
            document.body,
          )
        : null}
    </>
  );
};

/** An image as an element (small) or as a block of its own. */
export const BlockImage = ({
  image,
  size,
}: {
  readonly image: JsonObject;
  readonly size: 'tiny' | 'thumb' | 'full';
}) => {
  const words = typeof image.alt_text === 'string' ? image.alt_text : '';
  const title = isObject(image.title) && typeof image.title.text === 'string' ? image.title.text : '';
  if (size !== 'full') return <img className={`image-${size}`} src={sourceOf(image)} alt={words} />;
  return (
    <figure className="block-image">
      {title === '' ? null : <figcaption>{title}</figcaption>}
      <Picture source={sourceOf(image)} words={words} title={title} />
    </figure>
  );
};
