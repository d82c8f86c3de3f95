import type { CaseFile } from '../../domain/case-file.ts';
import { disciplines } from '../../domain/fault.ts';
import type { Message } from './message.ts';
import { renderAnalysis } from './render-analysis.ts';
import { renderConsensus } from './render-consensus.ts';
import { renderContext } from './render-context.ts';
import { renderHandover, renderPostMortem } from './render-ending.ts';
import { renderProposal } from './render-proposal.ts';
import { renderResult } from './render-result.ts';
import { renderRoot } from './render-root.ts';
import type { ViewOptions } from './view-options.ts';

/** The thread as a pure function of the case file: the messages that should stand in it now, in order, each with its stable key. */
export const renderThread = (file: CaseFile, options: ViewOptions): readonly Message[] =>
  [
    renderRoot(file, options),
    renderContext(file, options),
    ...disciplines.map((discipline) => renderAnalysis(file, discipline)),
    renderConsensus(file),
    ...file.attempts.flatMap((_, index) => [renderProposal(file, index, options), renderResult(file, index)]),
    renderHandover(file, options),
    renderPostMortem(file),
  ].filter((one) => one !== null);
