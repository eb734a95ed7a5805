// What coding agents need to be run: a project to work in, their program, and a way to end as they end.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const prompt = 'what is in note.txt?';

/** Makes the project that an agent works in. */
export function project() {
  const dir = join(process.env.HOME, 'project');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'note.txt'), '2 + 2 = 4\n');
  return dir;
}

/** Writes a settings file below HOME. */
export function settings(path, value) {
  const file = join(process.env.HOME, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value, null, 1));
}

/** The first of some programs, below node_modules, that is installed. */
export function program(...names) {
  const found = names.map((n) => join(process.env.DIR, 'node_modules', n)).find((p) => existsSync(p));
  if (!found) throw new Error(`none of ${names.join(', ')} is installed below ${process.env.DIR}/node_modules`);
  return found;
}

/** Starts a program in the project. Agents that read standard input find it empty. */
export function start(command, args, env = {}, options = {}) {
  return spawn(command, args, { cwd: project(), env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'], ...options });
}

/** Runs a program in the project until it ends, and returns its exit status. */
export async function run(command, args, env = {}) {
  const child = start(command, args, env);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? `ended by ${signal}`));
  });
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Ends this process as a program ended. */
export function end(status) {
  if (typeof status === 'string') console.error(status);
  process.exit(typeof status === 'number' ? status : 1);
}
