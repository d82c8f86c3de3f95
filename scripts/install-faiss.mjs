// Makes `faiss-node` load wherever the bot is installed: the published prebuild first, else its one source file compiled
// against the system's libfaiss. Without either the bot still runs, on its exact index in JavaScript, and says so.
// REQUIRE_FAISS=1 turns "cannot" into a failed install; FAISS_NODE_BUILD=system skips the prebuild.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = process.cwd();
const home = join(root, 'node_modules/faiss-node');
const required = process.env.REQUIRE_FAISS === '1';

const run = (command, args, options = {}) => spawnSync(command, args, { encoding: 'utf8', ...options });

const loads = () =>
  existsSync(home) &&
  run(process.execPath, ['-e', "new (require('faiss-node').IndexFlatIP)(4).add([1, 0, 0, 0])"], { cwd: root })
    .status === 0;

const end = (message, failed = false) => {
  console.error(`faiss-node: ${message}`);
  process.exit(failed && required ? 1 : 0);
};

/** npm 10 removes an optional package whose own install script failed; its source is fetched again without the script. */
const fetchPackage = () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const version = lock.packages['node_modules/faiss-node']?.version;
  const folder = mkdtempSync(join(tmpdir(), 'faiss-'));
  const packed = run(
    'npm',
    ['pack', `faiss-node@${version}`, '--silent', '--ignore-scripts', '--pack-destination', folder],
    {
      cwd: folder,
      timeout: 120_000,
    },
  );
  if (packed.status !== 0) end(`its package cannot be fetched: ${packed.stderr}`, true);
  mkdirSync(home, { recursive: true });
  run('tar', ['xzf', join(folder, packed.stdout.trim().split('\n').at(-1)), '-C', home, '--strip-components=1']);
  rmSync(folder, { recursive: true, force: true });
};

/** Where this Node keeps node_api.h. */
const headers = () =>
  [
    process.env.npm_config_nodedir && join(process.env.npm_config_nodedir, 'include/node'),
    resolve(process.execPath, '../../include/node'),
    '/usr/include/node',
  ]
    .filter(Boolean)
    .find((folder) => existsSync(join(folder, 'node_api.h')));

const compile = () => {
  const include = headers();
  if (include === undefined) end('no Node headers (node_api.h) were found', true);
  const out = join(home, 'build/Release');
  mkdirSync(out, { recursive: true });
  // faiss before 1.7.4 keeps idx_t inside Index; the source expects it beside.
  const bridge = join(out, 'bridge.h');
  writeFileSync(bridge, '#include <faiss/Index.h>\nnamespace faiss { using idx_t = Index::idx_t; }\n');
  const build = (extra) =>
    run(
      process.env.CXX ?? 'g++',
      [
        ...['-O2', '-fPIC', '-shared', '-std=c++17', '-fopenmp', ...extra],
        ...[
          '-DNAPI_VERSION=6',
          '-DNAPI_CPP_EXCEPTIONS',
          '-DBUILDING_NODE_EXTENSION',
          '-DNODE_GYP_MODULE_NAME=faiss-node',
        ],
        ...[`-I${include}`, `-I${join(root, 'node_modules/node-addon-api')}`],
        ...[join(home, 'src/faiss.cc'), '-o', join(out, 'faiss-node.node'), '-lfaiss', '-lopenblas', '-llapack'],
      ],
      { timeout: 300_000 },
    );
  const first = build(['-include', bridge]);
  return first.status === 0 ? first : build([]);
};

if (loads()) end('loads');
if (!existsSync(join(home, 'src/faiss.cc'))) fetchPackage();
if (process.env.FAISS_NODE_BUILD !== 'system') {
  run(process.execPath, [join(root, 'node_modules/prebuild-install/bin.js'), '--runtime', 'napi'], {
    cwd: home,
    timeout: 60_000,
  });
  if (loads()) end('the published prebuild loads');
}
const built = compile();
if (loads()) end('built against the system libfaiss, and loads');
const why = String(built.stderr || built.error || '')
  .split('\n')
  .slice(0, 3)
  .join(' | ');
end(
  `neither a prebuild nor the system's libfaiss can be used (Debian: apt-get install g++ libfaiss-dev libopenblas-dev). ${why}`,
  true,
);
