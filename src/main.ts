import { fileURLToPath } from 'node:url';
console.log('hi', fileURLToPath(import.meta.url));
