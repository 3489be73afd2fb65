import { WrongAnswer } from './demo/narrator.js';
import { startServer } from './demo/server.js';
import { tellStory } from './demo/story.js';

/*
 * `npm run demo`: the main job, told step by step, on a server of its own that is gone afterwards. It ends with 1 as soon
 * as an answer is not the promised one.
 */

console.log('Starting a server with an empty database, on a free port …');
let server;
try {
  server = await startServer();
  endOnSignals(server);
  console.log(`It listens on ${server.origin}.`);
  await tellStory(server);
  console.log('\nThat was the main job. The server and its data are gone; "npm start" begins your own.');
} catch (error) {
  console.error(`\nThe demo ends here. ${error instanceof WrongAnswer ? error.message : error.stack}`);
  process.exitCode = 1;
} finally {
  await server?.stop();
}

function endOnSignals({ stop }) {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]) {
    process.once(signal, () => void stop().finally(() => process.exit(code)));
  }
}
