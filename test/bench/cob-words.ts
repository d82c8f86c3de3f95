/** Reading what kubectl prints back into the form in which the API has it. */

type Labels = Readonly<Record<string, string>>;

/** `app=cart,tier=back` as labels; `<none>` and nothing are none. */
export const labelsIn = (text: string): Labels =>
  Object.fromEntries(
    text
      .split(',')
      .map((part) => part.trim().split('='))
      .filter(([key, value]) => key !== undefined && key !== '' && key !== '<none>' && value !== undefined)
      .map(([key, value]) => [key, value]),
  );

/** `key=value:NoSchedule` or `key:NoSchedule`. */
export const taintIn = (text: string) => {
  const [, key = '', value, effect = ''] = /^([^=:]+)(?:=([^:]*))?:(\w+)/.exec(text.trim()) ?? [];
  return { key, effect, ...(value === undefined ? {} : { value }) };
};

/** `key=value:NoExecute op=Exists for 300s`, where all but the key may be missing; `op=Exists` alone tolerates everything. */
export const tolerationIn = (text: string) => {
  const operator = /\bop=(\w+)/.exec(text)?.[1] ?? 'Equal';
  const [first = ''] = text.trim().split(/\s+/);
  if (first.startsWith('op=')) return { operator };
  const { key, value, effect } = first.includes(':') ? taintIn(first) : { ...taintIn(`${first}:x`), effect: '' };
  return {
    ...(key === '' ? {} : { key }),
    operator: value === undefined ? 'Exists' : operator,
    ...(value === undefined ? {} : { value }),
    ...(effect === '' ? {} : { effect }),
  };
};

const modes: Labels = {
  RWO: 'ReadWriteOnce',
  ROX: 'ReadOnlyMany',
  RWX: 'ReadWriteMany',
  RWOP: 'ReadWriteOncePod',
};

/** `RWO,RWX` as the API spells access modes. */
export const accessModesIn = (text: string): readonly string[] =>
  text
    .split(',')
    .map((mode) => modes[mode.trim()] ?? mode.trim())
    .filter((mode) => mode !== '');

/** A port as the API has it: a number, or the name of a container's port. */
export const portIn = (text: string | number): string | number =>
  /^\d+$/.test(String(text)) ? Number(text) : String(text);
