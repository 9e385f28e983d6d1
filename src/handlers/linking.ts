/** Linking handles by a code that the person carries. */
import encodeQR from 'qr';
import type { RedeemLinkCodeInput } from '../contract/linking.ts';
import * as view from '../contract/views.ts';
import { issueLinkCode, listLinkCodes, revokeLinkCode } from '../usecases/link-codes.ts';
import { redeemLinkCode } from '../usecases/redeem-link-code.ts';
import { listLinks, unlinkClient } from '../usecases/unlink-client.ts';
import { type Context, pageOf, param, type Runs, shown } from './kit.ts';
import { perAgency } from './limits.ts';

/** Whoever types codes by hand does so a few times; whoever guesses has to be slow. */
const ATTEMPTS_PER_MINUTE = 10;

export const linkingHandlers = ({ deps }: Context) => {
  const attempts = perAgency(ATTEMPTS_PER_MINUTE, 60);
  return {
    issueLinkCode: async (actor, input) => {
      const { agencyId } = input.body as { agencyId: string };
      const issued = await issueLinkCode(deps, actor, param(input, 'clientId'), agencyId);
      // The content is the code alone: an address in it would tell whoever scans it where to go with it.
      return shown(issued, (one) => ({ ...view.viewLinkCode(one), qrSvg: encodeQR(one.code, 'svg') }));
    },
    listLinkCodes: async (actor, input) =>
      shown(
        await listLinkCodes(deps, actor, param(input, 'clientId'), pageOf(input)),
        view.viewPage(view.viewLinkCode),
      ),
    revokeLinkCode: async (actor, input) =>
      shown(await revokeLinkCode(deps, actor, param(input, 'clientId'), param(input, 'linkCodeId')), view.viewLinkCode),
    redeemLinkCode: async (actor, input) => {
      const { code, clientId } = input.body as RedeemLinkCodeInput;
      const limited = await attempts.take(actor);
      if (limited !== null) return limited;
      return shown(await redeemLinkCode(deps, actor, code, clientId), ({ client, linkId }) => ({
        client: view.viewCreated(client),
        linkId,
      }));
    },
    listLinks: async (actor, input) =>
      shown(await listLinks(deps, actor, param(input, 'clientId'), pageOf(input)), view.viewPage(view.viewLink)),
    unlinkClient: async (actor, input) => {
      const { confirm } = input.body as { confirm: boolean };
      const ended = await unlinkClient(deps, actor, param(input, 'clientId'), param(input, 'linkId'), confirm);
      return shown(ended, view.viewLink);
    },
  } satisfies Runs;
};
