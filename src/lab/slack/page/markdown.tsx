import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { Preformatted, SafeLink } from './mrkdwn.tsx';

const components: Components = {
  a: ({ href, children }) => <SafeLink url={href ?? ''}>{children}</SafeLink>,
  // A picture from anywhere could tell its owner who reads what: its words are enough.
  img: ({ alt }) => <span className="quiet">[{alt ?? 'image'}]</span>,
  pre: ({ node }) => {
    const code = node?.children[0];
    const text =
      code?.type === 'element' ? code.children.map((child) => (child.type === 'text' ? child.value : '')) : [];
    return <Preformatted text={text.join('').replace(/\n$/, '')} />;
  },
  table: ({ children }) => (
    <div className="table-frame">
      <table>{children}</table>
    </div>
  ),
};

/** Standard Markdown, as in `markdown` blocks and in files. HTML inside it is shown as text. */
export const Markdown = ({ text }: { readonly text: string }) => (
  <div className="markdown">
    <ReactMarkdown remarkPlugins={[remarkGfm]} components={components}>
      {text}
    </ReactMarkdown>
  </div>
);
