"use strict";

const assert = require("node:assert/strict");
const Module = require("node:module");
const { test } = require("node:test");

const { FakePremiere } = require("./fake_premiere.js");

const clip = { start: 0, end: 100, first: 0, name: "interview.mov", path: "/m/interview.mov", selected: true };
const MEETING = { protocol: 1, host: "premiere", port: 40123, token: "t0ken", pid: 1, panel_version: "0.1.0" };

/** What UXP gives a panel: its modules, a page, and a socket that welcomes. */
function surroundings() {
  const fake = new FakePremiere({ picture: [[clip]], sound: [[clip]] });
  const entry = { read: async () => JSON.stringify(MEETING) };
  const uxp = { storage: { localFileSystem: { getEntryWithUrl: async () => entry } }, host: { version: "26.3.0" } };
  const usual = Module._load;
  Module._load = (name, ...rest) => ({ uxp, premierepro: fake.ppro })[name] ?? usual(name, ...rest);
  const element = () => ({ textContent: "", classes: new Set(), addEventListener() {}, classList: null });
  const page = { status: element(), notice: element(), again: element() };
  for (const one of Object.values(page)) {
    one.classList = { add: (name) => one.classes.add(name), remove: (name) => one.classes.delete(name) };
  }
  const said = [];
  let loaded;
  globalThis.document = { getElementById: (id) => page[id], addEventListener: (_, run) => (loaded = run) };
  globalThis.WebSocket = class {
    readyState = 1;
    constructor() {
      setImmediate(() => {
        this.onopen();
        this.onmessage({ data: JSON.stringify({ type: "welcome", protocol: 1, panel_version: "0.1.0" }) });
      });
    }
    send(text) {
      said.push(JSON.parse(text));
      if (said.length === 2) {
        this.readyState = 3;
        this.onclose({ code: 4001, reason: "another script is the host now" });
      }
    }
  };
  return { page, said, load: () => loaded() };
}

test("the page connects by itself, tells what is active, and offers another try when it is sent away", async () => {
  const { page, said, load } = surroundings();
  require("../../../nle_panels/premiere_uxp/index.js");
  load();
  while (said.length < 2 || page.again.classes.has("hidden")) {
    await new Promise(setImmediate);
  }
  assert.deepEqual(said.map((message) => message.type), ["hello", "changed"]);
  assert.equal(said[1].state.clip, "interview.mov");
  assert.equal(page.status.textContent, "another script is the host now");
});
