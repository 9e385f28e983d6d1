import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

/**
 * Stands in a page, wherever its maker wants a nonce, until the page is sent. The libraries that render our pages take
 * one nonce at start, and a nonce that stays the same protects nothing.
 */
export const NONCE = 'nonce-comes-with-each-response';

/** Everything comes from this service; scripts and style sheets in the page itself carry the response's nonce. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `script-src 'self' 'nonce-${NONCE}'`,
  `style-src 'self' 'nonce-${NONCE}'`,
  // Both pages write style attributes as text, and an attribute cannot carry a nonce.
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Editors and toasts add style sheets at run time without a nonce. Scripts that run here may add them; markup, which
 * is where an injection would come from, still may not. Without this the policy would need `'unsafe-inline'`.
 */
const ALLOW_STYLES_OF_SCRIPTS = `{
  const { nonce } = document.currentScript, create = document.createElement;
  document.createElement = function (...of) {
    const element = create.apply(this, of);
    if (element.localName === 'style') element.nonce = nonce;
    return element;
  };
}`;

/**
 * Headers for every answer of the routes registered on `fastify` after this call: a page loads from, sends to and is
 * framed by nobody but this service. Call it in an encapsulated plugin, or it holds for the whole service.
 *
 * Nothing here turns http into https (`upgrade-insecure-requests`, HSTS): inside an agency's network the service may
 * be reached over plain http under its own name, and such a page would stay blank.
 *
 * @param firstScript JavaScript that runs in a page before anything else does
 */
export function protectPages(fastify: FastifyInstance, firstScript = ''): void {
  const head = `<head><script nonce="${NONCE}">${ALLOW_STYLES_OF_SCRIPTS}${firstScript}</script>`;

  fastify.addHook('onSend', async (_request, reply, payload) => {
    const nonce = randomBytes(16).toString('base64');
    reply.headers({
      'Content-Security-Policy': CONTENT_SECURITY_POLICY.replaceAll(NONCE, nonce),
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
    });
    const isPage = typeof payload === 'string' && String(reply.getHeader('Content-Type')).startsWith('text/html');
    if (!isPage) return payload;
    reply.header('Cache-Control', 'no-store');
    return payload.replace('<head>', () => head).replaceAll(NONCE, nonce);
  });
}
