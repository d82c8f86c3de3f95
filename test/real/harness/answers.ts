import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';

const answerMsMax = 5_000;

/** Whether a GET of this address on loopback is answered with 200. Never rejects. `ca` is the authority that is trusted for https. */
export const answers = (url: string, ca?: string): Promise<boolean> =>
  new Promise((resolve) => {
    const get = url.startsWith('https:') ? getHttps : getHttp;
    const request = get(
      url,
      { ...(ca === undefined ? {} : { ca }), timeout: answerMsMax, agent: false },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
