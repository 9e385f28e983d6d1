/** The consent conversation. */
import { toInstant } from '../contract/common.ts';
import { type ConversationInput, viewConsentText, viewConversation } from '../contract/consent-texts.ts';
import { viewPage } from '../contract/views.ts';
import { writeConsentText } from '../contract/write-consent-text.ts';
import { getConsentText, listConsentTexts } from '../usecases/consent-texts.ts';
import {
  type ConversationRequest,
  conversationBefore,
  startConsentConversation,
} from '../usecases/start-consent-conversation.ts';
import { type Context, pageOf, param, type Runs, shown } from './kit.ts';

const toRequest = ({ months, validUntil, from, lines, ...who }: ConversationInput): ConversationRequest => ({
  ...who,
  months: months ?? null,
  validUntil: validUntil === undefined ? null : toInstant(validUntil),
  from: from ?? null,
  lines: (lines ?? []).map((line) => ({ ...line, purpose: line.kind === 'CONSENT' ? line.purpose : null })),
});

export const consentTextHandlers = ({ deps, previews }: Context) =>
  ({
    startConsentConversation: {
      run: async (actor, input) => {
        const request = toRequest(input.body as ConversationInput);
        const limited = request.from === null ? null : await previews.take(actor);
        if (limited !== null) return limited;
        const clientId = param(input, 'clientId');
        return shown(
          await startConsentConversation(deps, actor, clientId, request, writeConsentText),
          viewConversation,
        );
      },
      replay: async (actor, effect) => shown(await conversationBefore(deps, actor, effect), viewConversation),
    },
    listConsentTexts: async (actor, input) =>
      shown(await listConsentTexts(deps, actor, param(input, 'clientId'), pageOf(input)), viewPage(viewConsentText)),
    getConsentText: async (actor, input) =>
      shown(await getConsentText(deps, actor, param(input, 'consentTextId')), viewConsentText),
  }) satisfies Runs;
