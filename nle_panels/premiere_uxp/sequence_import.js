"use strict";

/** @import { premierepro, Sequence } from "@adobe/premierepro" */
/** @import { Place } from "./messages" */

const { Failure } = require("./failure.js");

const IMPORT_MS = 60000; // ours: a long timeline, whose media are looked for
const LOOK_MS = 200;

/**
 * Imports the edited timeline as a sequence of its own, and opens it.
 *
 * @param {premierepro} ppro
 * @param {Place} place
 * @param {(ms: number) => Promise<void>} sleep
 * @returns {Promise<{ made: string, name: string }>}
 */
async function importSequence(ppro, place, sleep) {
  const before = new Set((await sequencesOf(ppro)).map((one) => one.guid.toString()));
  const project = await ppro.Project.getActiveProject();
  if (!(await project.importFiles([place.timeline], true))) {
    throw new Failure("failed", `Premiere does not import ${place.timeline}`);
  }
  for (let waited = 0; waited <= IMPORT_MS; waited += LOOK_MS) {
    const come = (await sequencesOf(ppro)).find((one) => !before.has(one.guid.toString()));
    if (come) {
      await (await ppro.Project.getActiveProject()).setActiveSequence(come);
      return { made: come.guid.toString(), name: come.name };
    }
    await sleep(LOOK_MS);
  }
  throw new Failure("failed", `Premiere said that it imported ${place.timeline}, and no sequence came of it`);
}

/**
 * Opens the old sequence again and deletes the new one.
 *
 * @param {premierepro} ppro
 * @param {{ made: string, old: string }} receipt
 */
async function removeSequence(ppro, { made, old }) {
  const all = await sequencesOf(ppro);
  const [gone, back] = [made, old].map((guid) => all.find((one) => one.guid.toString() === guid));
  if (!back) {
    throw new Failure("changed", "the sequence that the edit was made of is no longer in the project");
  }
  await (await ppro.Project.getActiveProject()).setActiveSequence(back);
  if (gone && !(await (await ppro.Project.getActiveProject()).deleteSequence(gone))) {
    throw new Failure("failed", `Premiere does not delete the sequence "${gone.name}"; delete it in the Project panel`);
  }
}

/** @type {(ppro: premierepro) => Promise<Sequence[]>} */
async function sequencesOf(ppro) {
  return (await ppro.Project.getActiveProject()).getSequences();
}

module.exports = { importSequence, removeSequence };
