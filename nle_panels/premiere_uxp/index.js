"use strict";

/** @import { premierepro } from "@adobe/premierepro" */

const uxp = require("uxp");
const { Answers } = require("./answers.js");
const { Connection } = require("./connection.js");
const { filesOf } = require("./files.js");
const place = require("./meeting_place.js");
const { openNow, stateOf } = require("./timeline.js");

/** @type {premierepro} */
const ppro = require("premierepro");

const VERSION = "0.1.0";

/** @type {(ms: number) => Promise<void>} */
const sleep = (ms) => new Promise((resolve) => void setTimeout(resolve, ms));

/** @type {(id: string, text: string) => void} */
function show(id, text) {
  const line = document.getElementById(id);
  if (line) {
    line.textContent = text;
  }
}

function start() {
  const files = filesOf(uxp.storage);
  const answers = new Answers(ppro, files, sleep);
  const again = document.getElementById("again");
  const connection = new Connection({
    meeting: () => files.read(place),
    open: (url) => new WebSocket(url),
    sleep,
    now: () => Date.now(),
    hostVersion: uxp.host.version,
    version: VERSION,
    answer: (question) => answers.to(question),
    look: async () => {
      try {
        return (await stateOf(ppro, await openNow(ppro))).state;
      } catch {
        return null; // no sequence is open, or one was closed while it was looked at
      }
    },
    status: (text) => show("status", text),
    notice: (text) => show("notice", text),
  });
  const run = async () => {
    again?.classList.add("hidden");
    await connection.run();
    again?.classList.remove("hidden");
  };
  again?.addEventListener("click", () => void run());
  show("status", place ? "Looking for Pickup's panel." : "Run `pickup install premiere` on this computer.");
  void run();
}

// `entrypoints.setup({ panels: { … show } })` is not called in every Premiere; a page's own loading is.
document.addEventListener("DOMContentLoaded", start);
