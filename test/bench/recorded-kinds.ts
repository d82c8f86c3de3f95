import { cobKind } from './recorded-cob.ts';
import { nezhaKind } from './recorded-nezha.ts';
import type { SetKind } from './recorded-set.ts';

/** Every format of recordings that can be replayed. A new one is a new file and a line here. */
export const setKinds: readonly SetKind[] = [nezhaKind, cobKind];
