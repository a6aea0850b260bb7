// Lets the vendors' own libraries verify what the gateway signs, and the gateway verify what they sign.
// Usage: node check.cjs SIGNER MODULES (a node_modules folder)
'use strict';
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const crypto = require('node:crypto');
const path = require('node:path');

const [signer, modules] = process.argv.slice(2);
const { WebhooksClient } = require(path.resolve(modules, '@elevenlabs/elevenlabs-js/wrapper/webhooks.js'));
const { Webhook } = require(path.resolve(modules, 'standardwebhooks'));

const now = Math.floor(Date.now() / 1000);
const minutes = 60;

const bodies = {
  'an empty object': '{}',
  'UTF-8': '{"note":"Jørgen ✓ 東京 👋\u2028","key ü":"é"}',
  'what is escaped': '{"note":"\\u0000\\n\\ud83d\\udc4b\\/"}',
  'lines that end with CRLF': '{\r\n  "type": "post_call_transcription"\r\n}\r\n',
  'space inside and a line end behind': '{ "type": "post_call_transcription" }\n',
  'numbers': '{"whole":9007199254740993,"tiny":1e-400,"minus":-0.0,"long":3.14159265358979323846}',
  'a hundred kilobytes': JSON.stringify({ type: 'post_call_audio', data: { full_audio: 'SUQz'.repeat(25000) } }),
};

/// Answers of the gateway's own code, one a request: [what, time, texts...].
function ours(requests) {
  const line = ([what, time, ...texts]) =>
    [what, time, ...texts.map((text) => Buffer.from(text).toString('base64') || '-')].join(' ');
  const ran = spawnSync(signer, { input: requests.map(line).join('\n') + '\n', maxBuffer: 1 << 26 });
  assert.strictEqual(ran.status, 0, `${signer}: ${ran.error ?? ran.stderr}`);
  const answers = ran.stdout.toString().trimEnd().split('\n');
  assert.strictEqual(answers.length, requests.length);
  return answers;
}

/// Every pair of a row of one list and a row of another.
const each = (rows, others) => rows.flatMap((row) => others.map((other) => ({ ...row, ...other })));
const texts = Object.entries(bodies).map(([name, body]) => ({ name, body }));

/// The library has no signer: node's own HMAC makes what ours has to take.
async function elevenLabs() {
  const library = new WebhooksClient();
  const taken = [{ age: 0 }, { age: 29 * minutes }, { age: -4 * minutes }];
  const secrets = [{ secret: 'wsec_test_secret_1' }, { secret: 'sécret-ü' }, { secret: 'x'.repeat(100) }];
  const rows = each(each(texts, secrets), taken);
  const signed = ours(rows.map((r) => ['elevenlabs.sign', now - r.age, r.secret, r.body]));
  for (const [n, r] of rows.entries()) {
    assert.deepStrictEqual(await library.constructEvent(r.body, signed[n], r.secret), JSON.parse(r.body), r.name);
    await assert.rejects(library.constructEvent(r.body + ' ', signed[n], r.secret), { statusCode: 400 }, r.name);
    await assert.rejects(library.constructEvent(r.body, signed[n], r.secret + 'x'), { statusCode: 400 }, r.name);
  }
  const theirs = rows.map((r) => {
    const time = now - r.age;
    const mac = crypto.createHmac('sha256', r.secret).update(`${time}.${r.body}`).digest('hex');
    return `t=${time},v0=${mac}`;
  });
  assert.deepStrictEqual(signed, theirs);
  const verdicts = ours([
    ...rows.map((r, n) => ['elevenlabs.verify', now, r.secret, r.body, theirs[n]]),
    ...rows.map((r, n) => ['elevenlabs.verify', now, r.secret, r.body + ' ', theirs[n]]),
  ]);
  assert.deepStrictEqual(new Set(verdicts.slice(0, rows.length)), new Set(['ok']));
  assert.deepStrictEqual(new Set(verdicts.slice(rows.length)), new Set(['mismatch']));

  const [old] = ours([['elevenlabs.sign', now - 31 * minutes, 'wsec_test_secret_1', '{}']]);
  await assert.rejects(library.constructEvent('{}', old, 'wsec_test_secret_1'), { statusCode: 400 });
  assert.deepStrictEqual(ours([['elevenlabs.verify', now, 'wsec_test_secret_1', '{}', old]]), ['too_old']);
  return rows.length;
}

function standardWebhooks() {
  const whsec = (bytes) => 'whsec_' + Buffer.alloc(bytes, 'tonris').toString('base64');
  // The keys of tools may be any word.
  const secrets = [{ secret: whsec(24) }, { secret: whsec(32) }, { secret: whsec(64) }, { secret: 'key-1', raw: true }];
  const rows = each(each(texts, secrets), [{ age: 0 }, { age: 4 * minutes }, { age: -4 * minutes }]);
  const library = (r) => new Webhook(r.secret, r.raw ? { format: 'raw' } : {});
  const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
  const headers = (r, signature) => ({
    'webhook-id': id,
    'webhook-timestamp': String(now - r.age),
    'webhook-signature': signature,
  });
  const signed = ours(rows.map((r) => ['standard.sign', now - r.age, r.secret, r.body, id]));
  for (const [n, r] of rows.entries()) {
    assert.deepStrictEqual(library(r).verify(r.body, headers(r, signed[n])), JSON.parse(r.body), r.name);
    assert.throws(() => library(r).verify(r.body + ' ', headers(r, signed[n])), /No matching signature/, r.name);
  }
  const theirs = rows.map((r) => library(r).sign(id, new Date((now - r.age) * 1000), r.body));
  const verify = (r, n, body) => ['standard.verify', now, r.secret, body, id, String(now - r.age), theirs[n]];
  const verdicts = ours([
    ...rows.map((r, n) => verify(r, n, r.body)),
    ...rows.map((r, n) => verify(r, n, r.body + ' ')),
  ]);
  assert.deepStrictEqual(new Set(verdicts.slice(0, rows.length)), new Set(['ok']));
  assert.deepStrictEqual(new Set(verdicts.slice(rows.length)), new Set(['mismatch']));

  const old = { age: 6 * minutes };
  const [late] = ours([['standard.sign', now - old.age, 'key-1', '{}', id]]);
  assert.throws(() => library({ secret: 'key-1', raw: true }).verify('{}', headers(old, late)), /too old/);
  assert.deepStrictEqual(ours([['standard.verify', now, 'key-1', '{}', id, String(now - old.age), late]]), ['too_old']);
  return rows.length;
}

elevenLabs().then((count) => {
  console.log(`${count} signatures for ElevenLabs' library, ${standardWebhooks()} for Standard Webhooks': all agree`);
});
