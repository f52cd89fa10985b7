// Has one process judge many addresses: node many.mjs HARNESS FROM=TO ADDRESS... ; a line of JSON for each.
import path from 'node:path';

const [harness, rewrite, ...addresses] = process.argv.slice(2);
const {verify} = await import(path.join(harness, 'verify.mjs'));
for (const address of addresses) {
  const {rep} = await verify(address, {rewrites: [rewrite.split('=')]});
  console.log(JSON.stringify({address, items: rep.items}));
}
