import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The browser named by CHROME_BIN, else the first one on the PATH; null without one. */
export function findChromium(): string | null {
  const candidates = [process.env['CHROME_BIN'] ?? '', ...NAMES].filter((name) => name !== '');
  return candidates.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0) ?? null;
}

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** A page in a headless browser, spoken to by the DevTools protocol over pipes. */
export class BrowserPage {
  /** What the page wrote to its console as an error or a warning, and the errors that nothing caught. */
  readonly complaints: string[] = [];
  /** Addresses that the page asked for. */
  readonly requests: string[] = [];
  #lastId = 0;
  #rest = '';
  #session = '';
  readonly #waiting = new Map<
    number,
    { done: (result: Record<string, unknown>) => void; failed: (error: Error) => void }
  >();
  readonly #loaded: (() => void)[] = [];

  private constructor(
    private readonly process: ChildProcess,
    private readonly profile: string,
  ) {
    const output = process.stdio[4] as Readable;
    output.setEncoding('utf8').on('data', (text: string) => this.#receive(text));
  }

  static async open(program: string): Promise<BrowserPage> {
    const profile = mkdtempSync(join(tmpdir(), 'ousim-chromium-'));
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--remote-debugging-pipe'];
    const child = spawn(program, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    const page = new BrowserPage(child, profile);
    const { targetId } = await page.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await page.send('Target.attachToTarget', { targetId, flatten: true });
    page.#session = sessionId as string;
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page.send(`${domain}.enable`);
    return page;
  }

  /** Sends a command of the protocol. @returns its result */
  send(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const id = ++this.#lastId;
    const session = this.#session === '' ? {} : { sessionId: this.#session };
    (this.process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    return new Promise((done, failed) => this.#waiting.set(id, { done, failed }));
  }

  /** Opens an address and waits until it is loaded. */
  async goTo(url: string): Promise<void> {
    const loaded = new Promise<void>((done) => this.#loaded.push(done));
    await this.send('Page.navigate', { url });
    await loaded;
  }

  /** The value of an expression in the page. */
  async value<T>(expression: string): Promise<T> {
    const answer = await this.send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
    const { result, exceptionDetails } = answer as { result: { value: T }; exceptionDetails?: { text: string } };
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return result.value;
  }

  /** Presses a key, with the text that it writes where it writes one. */
  async press(key: string, text?: string): Promise<void> {
    const codes: Readonly<Record<string, number>> = { Tab: 9, Enter: 13, ArrowLeft: 37, ArrowRight: 39 };
    const code = codes[key];
    const more = {
      ...(code === undefined ? {} : { windowsVirtualKeyCode: code }),
      ...(text === undefined ? {} : { text }),
    };
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', key, ...more });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', key });
  }

  async resize(width: number, height: number): Promise<void> {
    await this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  }

  /** `prefers-color-scheme` and the medium of the page. */
  async media(scheme: 'light' | 'dark', medium = ''): Promise<void> {
    await this.send('Emulation.setEmulatedMedia', {
      media: medium,
      features: [{ name: 'prefers-color-scheme', value: scheme }],
    });
  }

  /** PNG of what is in sight, or of a part of the page. */
  async screenshot(clip?: { x: number; y: number; width: number; height: number }): Promise<Buffer> {
    const part = clip === undefined ? {} : { clip: { ...clip, scale: 1 }, captureBeyondViewport: true };
    const { data } = await this.send('Page.captureScreenshot', { format: 'png', ...part });
    return Buffer.from(data as string, 'base64');
  }

  /** The page as it is printed. */
  async pdf(): Promise<Buffer> {
    const { data } = await this.send('Page.printToPDF', { preferCSSPageSize: true, printBackground: true });
    return Buffer.from(data as string, 'base64');
  }

  async close(): Promise<void> {
    const ended = new Promise<void>((done) => this.process.once('close', () => done()));
    this.#session = '';
    this.send('Browser.close').catch(() => {});
    const forced = setTimeout(() => this.process.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(forced);
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #receive(text: string): void {
    const messages = (this.#rest + text).split('\0');
    this.#rest = messages.pop()!;
    for (const message of messages) this.#take(JSON.parse(message) as Answer);
  }

  #take({ id, method, params = {}, result = {}, error }: Answer): void {
    if (id !== undefined) {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.done(result);
      else waiting?.failed(new Error(error.message));
    }
    if (method === 'Page.loadEventFired') for (const loaded of this.#loaded.splice(0)) loaded();
    if (method === 'Runtime.exceptionThrown') this.complaints.push(JSON.stringify(params['exceptionDetails']));
    if (method === 'Log.entryAdded') this.complaints.push(JSON.stringify(params['entry']));
    if (method === 'Network.requestWillBeSent') {
      this.requests.push((params['request'] as { readonly url: string }).url);
    }
    if (method === 'Runtime.consoleAPICalled' && ['error', 'warning', 'assert'].includes(params['type'] as string)) {
      this.complaints.push(JSON.stringify(params['args']));
    }
  }
}
