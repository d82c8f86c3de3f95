import { drawUuid, type Pen, type Voice } from './voice.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

const dotnet = (level: 'info' | 'warn' | 'fail' | 'crit', category: string, message: string): string =>
  `${level}: ${category}[0] ${message}`;

/** The cart service: .NET's console logger, each entry on one line. */
export const cartVoice: Voice = (event, pen) => {
  switch (event.kind) {
    case 'started':
      return dotnet('info', 'Microsoft.Hosting.Lifetime', `Now listening on: http://[::]:${event.port}`);
    case 'misconfigured':
      return dotnet(
        'crit',
        'cartservice.Startup',
        `Application startup exception: ${event.variable}="${event.value}" ${event.problem}`,
      );
    case 'served':
      return event.error === null
        ? dotnet(
            'info',
            'cartservice.cartstore.RedisCartStore',
            `${event.task}Async called with userId=${drawUuid(pen)}`,
          )
        : dotnet(
            'fail',
            'Grpc.AspNetCore.Server.ServerCallHandler',
            `Error when executing service method '${event.task}'. ${event.error}`,
          );
    case 'call-failed':
      return dotnet('warn', 'cartservice.cartstore.RedisCartStore', `${event.trouble} ${event.error}`);
    case 'chatter':
      return dotnet('info', 'cartservice.services.HealthCheckService', 'Checking CartService Health');
  }
};

const redisTime = (atMs: number): string => {
  const at = new Date(atMs);
  const clock = at.toISOString().slice(11, 23);
  return `${String(at.getUTCDate()).padStart(2, '0')} ${months[at.getUTCMonth()] ?? ''} ${at.getUTCFullYear()} ${clock}`;
};

const redisLine = (pen: Pen, message: string, mark = '*'): string => `1:M ${redisTime(pen.atMs)} ${mark} ${message}`;

/** Redis itself: it does not log single commands. */
export const redisVoice: Voice = (event, pen) => {
  switch (event.kind) {
    case 'started':
      return redisLine(pen, 'Ready to accept connections tcp');
    case 'misconfigured':
      return redisLine(pen, `Fatal error, can't open config: ${event.variable} ${event.problem}`, '#');
    case 'served':
    case 'call-failed':
      return null;
    case 'chatter':
      return redisLine(
        pen,
        pen.random.pick([
          '100 changes in 300 seconds. Saving...',
          `Background saving started by pid ${20 + Math.floor(pen.random.next() * 400)}`,
          'DB saved on disk',
          'Background saving terminated with success',
        ]),
      );
  }
};

/** The load generator: locust's log. */
export const locustVoice: Voice = (event, pen) => {
  const stamp = new Date(pen.atMs).toISOString().replace('T', ' ').replace('.', ',').slice(0, 23);
  const say = (level: string, source: string, message: string): string =>
    `[${stamp}] ${pen.podName}/${level}/${source}: ${message}`;
  switch (event.kind) {
    case 'started':
      return say('INFO', 'locust.main', 'Starting Locust 2.32.2');
    case 'misconfigured':
      return say('ERROR', 'locust.main', `${event.variable}="${event.value}" ${event.problem}`);
    case 'served':
      return null;
    case 'call-failed':
      return say('WARNING', 'locustfile', `${event.task} failed: ${event.error}`);
    case 'chatter':
      return say('INFO', 'locust.runners', 'All users spawned: {"WebsiteUser": 10} (10 total users)');
  }
};
