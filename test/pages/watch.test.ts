import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openBrowser, watchForeignConnections } from '../support/browser.ts';
import { t } from '../support/t.ts';

t.setTimeout(60_000);

const PAGE = `<!doctype html><h1>Leaking</h1>
<img src="http://image.invalid/pixel.png">
<script>
  new WebSocket('ws://socket.invalid:81/');
  navigator.serviceWorker.register('/worker.js');
  const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.2:3478' }] });
  peer.createDataChannel('leak');
  peer.createOffer().then((offer) => peer.setLocalDescription(offer));
</script>`;

const WORKER = "fetch('http://worker.invalid/').catch(() => {});";

// The other tests here conclude from silence. This one shows that there would be something to hear.
t.test('a page that calls elsewhere is caught, whichever way it does', async (t) => {
  const server = createServer((request, response) => {
    const isWorker = request.url === '/worker.js';
    response.setHeader('Content-Type', isWorker ? 'text/javascript' : 'text/html');
    response.end(isWorker ? WORKER : PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  const { browser, close } = await openBrowser();
  const page = await browser.newPage();
  const watch = watchForeignConnections(page, `http://${host}`);
  const workerCalled = page.context().waitForEvent('request', (request) => request.url().includes('worker.invalid'));
  await page.goto(`http://${host}/`);
  await workerCalled;
  await page.waitForTimeout(1_000); // the STUN packet has no event to wait for

  t.same(watch.foreign.sort(), ['http://image.invalid/pixel.png', 'http://worker.invalid/', 'ws://socket.invalid:81/']);
  t.same(await close(), [host, '127.0.0.2:3478', 'image.invalid', 'socket.invalid:81', 'worker.invalid'].sort());
});
