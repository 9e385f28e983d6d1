/** Linking handles by a code that the person carries. */
import encodeQR from 'qr';
import type { RedeemLinkCodeInput } from '../contract/linking.ts';
import * as view from '../contract/views.ts';
import {
  type IssuedLinkCode,
  issuedBefore,
  issueLinkCode,
  listLinkCodes,
  revokeLinkCode,
} from '../usecases/link-codes.ts';
import { type Linked, redeemedBefore, redeemLinkCode } from '../usecases/redeem-link-code.ts';
import { getLink, listLinks, unlinkClient } from '../usecases/unlink-client.ts';
import { type Context, idIn, pageOf, param, type Runs, shown } from './kit.ts';
import { perAgency } from './limits.ts';

/** Whoever types codes by hand does so a few times; whoever guesses has to be slow. */
const ATTEMPTS_PER_MINUTE = 10;

export const linkingHandlers = ({ deps }: Context) => {
  const attempts = perAgency(ATTEMPTS_PER_MINUTE, 60);
  // The content is the code alone: an address in it would tell whoever scans it where to go with it.
  const viewIssued = (issued: IssuedLinkCode) => ({
    ...view.viewLinkCode(issued),
    qrSvg: encodeQR(issued.code, 'svg'),
  });
  const viewLinked = ({ client, linkId }: Linked) => ({ client: view.viewCreated(client), linkId });
  return {
    issueLinkCode: {
      run: async (actor, input) => {
        const { agencyId } = input.body as { agencyId: string };
        return shown(await issueLinkCode(deps, actor, param(input, 'clientId'), agencyId), viewIssued);
      },
      replay: async (actor, effect) =>
        shown(await issuedBefore(deps, actor, idIn(effect, 'client'), idIn(effect, 'linkCode')), viewIssued),
    },
    listLinkCodes: async (actor, input) =>
      shown(
        await listLinkCodes(deps, actor, param(input, 'clientId'), pageOf(input)),
        view.viewPage(view.viewLinkCode),
      ),
    revokeLinkCode: {
      run: async (actor, input) =>
        shown(
          await revokeLinkCode(deps, actor, param(input, 'clientId'), param(input, 'linkCodeId')),
          view.viewLinkCode,
        ),
      replay: async (actor, effect) =>
        shown(await issuedBefore(deps, actor, idIn(effect, 'client'), idIn(effect, 'linkCode')), view.viewLinkCode),
    },
    redeemLinkCode: {
      run: async (actor, input) => {
        const { code, clientId } = input.body as RedeemLinkCodeInput;
        const limited = await attempts.take(actor);
        return limited ?? shown(await redeemLinkCode(deps, actor, code, clientId), viewLinked);
      },
      replay: async (actor, effect) =>
        (await attempts.take(actor)) ?? shown(await redeemedBefore(deps, actor, effect), viewLinked),
    },
    listLinks: async (actor, input) =>
      shown(await listLinks(deps, actor, param(input, 'clientId'), pageOf(input)), view.viewPage(view.viewLink)),
    unlinkClient: {
      run: async (actor, input) => {
        const { confirm } = input.body as { confirm: boolean };
        const ended = await unlinkClient(deps, actor, param(input, 'clientId'), param(input, 'linkId'), confirm);
        return shown(ended, view.viewLink);
      },
      replay: async (actor, effect) =>
        shown(await getLink(deps, actor, idIn(effect, 'client'), idIn(effect, 'link')), view.viewLink),
    },
  } satisfies Runs;
};
