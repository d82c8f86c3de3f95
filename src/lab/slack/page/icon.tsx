const paths = {
  reply: 'M4 5.5h12v8H9l-4 3v-3H4z',
  smile: 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM7.2 8v.6M12.8 8v.6M6.8 11.8c.8 1.4 1.9 2 3.2 2s2.4-.6 3.2-2',
  close: 'M5 5l10 10M15 5L5 15',
  back: 'M12 4l-6 6 6 6',
  menu: 'M3.5 6h13M3.5 10h13M3.5 14h13',
  send: 'M3.5 10L16.5 4l-4 12.5-3-5.5z M9.5 11l7-7',
  hash: 'M8 3.5L6.5 16.5M13.5 3.5L12 16.5M4 7.5h12.5M3.5 12.5H16',
  eye: 'M2.5 10s2.8-4.8 7.5-4.8 7.5 4.8 7.5 4.8-2.8 4.8-7.5 4.8S2.5 10 2.5 10zM10 8.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z',
  sun: 'M10 6.6a3.4 3.4 0 1 1 0 6.8 3.4 3.4 0 0 1 0-6.8zM10 2v1.8M10 16.2V18M2 10h1.8M16.2 10H18M4.4 4.4l1.2 1.2M14.4 14.4l1.2 1.2M15.6 4.4l-1.2 1.2M5.6 14.4l-1.2 1.2',
  moon: 'M15.8 12.2A6.5 6.5 0 0 1 7.8 4.2a6.5 6.5 0 1 0 8 8z',
  pin: 'M8 3.5h5l-.7 5 2.7 2.7H6L8.7 8.500z M10.3 11.200V17',
  file: 'M5.5 3h6l3.5 3.500V17H5.500zM11.5 3v3.500H15',
  down: 'M10 4v11M5.5 10.500L10 15l4.5-4.5',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  check: 'M4.5 10.500l3.5 3.5 7.5-8',
  link: 'M8.5 11.500l3-3M7.5 9L5.3 11.200a2.5 2.5 0 0 0 3.5 3.500L11 12.500M9 7.500l2.2-2.200a2.5 2.5 0 0 1 3.5 3.500L12.5 11',
} as const;

/** A line drawing that takes the colour of the text around it. It says nothing to screen readers: the control around it must. */
export const Icon = ({ name, size = 20 }: { readonly name: keyof typeof paths; readonly size?: number }) => (
  <svg
    className="icon"
    viewBox="0 0 20 20"
    width={size}
    height={size}
    fill="none"
    stroke="currentColor"
    strokeWidth={name === 'more' ? 2.4 : 1.6}
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    <path d={paths[name]} />
  </svg>
);
