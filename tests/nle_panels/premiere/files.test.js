"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");

const { filesOf } = require("../../../nle_panels/premiere_uxp/files.js");

/** A UXP that has the entries under these URLs, and no others. */
function storage(entries) {
  const get = async (url) => {
    if (!(url in entries)) {
      throw new Error(`Could not find an entry of '${url}'`);
    }
    return { read: async () => entries[url], write: async (text) => void (entries[url] = text) };
  };
  return { localFileSystem: { getEntryWithUrl: get, createEntryWithUrl: get } };
}

for (const [path, url] of [
  ["/Users/me/premiere.json", "file:/Users/me/premiere.json"],
  ["C:\\Users\\me\\premiere.json", "file:/C:/Users/me/premiere.json"],
  ["/Users/me/Application Support/premiere.json", "file:/Users/me/Application Support/premiere.json"],
  ["/Users/me/Application Support/premiere.json", "file:/Users/me/Application%20Support/premiere.json"],
]) {
  test(`${path} is read as ${url}`, async () => {
    assert.equal(await filesOf(storage({ [url]: "text" })).read(path), "text");
  });
}

test("a file that is not there is an error", async () => {
  await assert.rejects(filesOf(storage({})).read("/nowhere"), /Could not find/);
});

test("text is written whole", async () => {
  const entries = { "file:/w/transcript.json": "" };
  await filesOf(storage(entries)).write("/w/transcript.json", "{}");
  assert.deepEqual(entries, { "file:/w/transcript.json": "{}" });
});
