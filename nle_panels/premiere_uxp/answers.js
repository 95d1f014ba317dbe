"use strict";

/** @import { premierepro } from "@adobe/premierepro" */
/** @import { Answer, Place, Question } from "./messages" */
/** @import { Files } from "./exporting.js" */

const { byHand, cutIn } = require("./edit.js");
const { exported } = require("./exporting.js");
const { Failure } = require("./failure.js");
const { importSequence, removeSequence } = require("./sequence_import.js");
const { openNow, stateOf } = require("./timeline.js");

/** @typedef {{ way: "edit", sequence: string, before: string, after: string, steps: number }} EditReceipt */
/** @typedef {{ way: "timeline", made: string, old: string }} TimelineReceipt */

/** What the plug-in answers to the panel's questions, one at a time. */
class Answers {
  /**
   * @param {premierepro} ppro
   * @param {Files} files
   * @param {(ms: number) => Promise<void>} sleep
   */
  constructor(ppro, files, sleep) {
    this.ppro = ppro;
    this.files = files;
    this.sleep = sleep;
  }

  /**
   * @param {Question} question
   * @returns {Promise<Answer>}
   */
  async to(question) {
    const { id } = question;
    try {
      switch (question.type) {
        case "ping":
          return { type: "pong", id };
        case "export":
          return { type: "exported", id, ...(await exported(this.ppro, question.folder, this.files)) };
        case "place":
          return await this.placedOrNot(question);
        case "undo":
          await this.undo(JSON.parse(question.receipt));
          return { type: "undone", id };
      }
    } catch (error) {
      const name = error instanceof Failure ? error.kind : "failed";
      return { type: "failed", id, name, message: error instanceof Error ? error.message : String(error) };
    }
  }

  /**
   * As `placed`, but an error that nobody foresaw is "failed" only where the sequence is as it was.
   *
   * @param {Place} place
   */
  async placedOrNot(place) {
    try {
      return await this.placed(place);
    } catch (error) {
      if (error instanceof Failure) {
        throw error;
      }
      const { state } = await stateOf(this.ppro, await openNow(this.ppro));
      const same = state.version === place.version;
      throw new Failure(same ? "failed" : "broken", same ? String(error) : `${error}; ${byHand(1)}, or twice`);
    }
  }

  /**
   * @param {Place} place
   * @returns {Promise<Answer>}
   */
  async placed(place) {
    const { state } = await stateOf(this.ppro, await openNow(this.ppro));
    if (state.sequence !== place.sequence || state.version !== place.version) {
      throw new Failure("changed", "the sequence in Premiere is not the one, or not as it was: read it again");
    }
    const { id, way } = place;
    if (way === "edit") {
      const done = await cutIn(this.ppro, place, this.sleep);
      const warnings = done.steps > 1 ? [`Premiere takes this back in ${done.steps} steps of undo`] : [];
      const receipt = JSON.stringify({ way, sequence: state.sequence, ...done });
      return { type: "placed", id, way, sequence: state.sequence, name: state.name, receipt, warnings };
    }
    if (way === "timeline") {
      const { made, name } = await importSequence(this.ppro, place, this.sleep);
      const receipt = JSON.stringify({ way, made, old: state.sequence });
      return { type: "placed", id, way, sequence: made, name, receipt, warnings: [] };
    }
    throw new Failure("unsupported", "Premiere has no takes of a clip");
  }

  /**
   * Premiere's undo is out of a plug-in's reach: the editor presses it, and this looks whether it was done.
   *
   * @param {EditReceipt | TimelineReceipt} receipt
   */
  async undo(receipt) {
    if (receipt.way === "timeline") {
      return removeSequence(this.ppro, receipt);
    }
    const { state } = await stateOf(this.ppro, await openNow(this.ppro));
    if (state.sequence !== receipt.sequence) {
      throw new Failure("changed", "another sequence is open in Premiere: open the one that was edited");
    }
    if (state.version !== receipt.before) {
      const kind = state.version === receipt.after ? "unsupported" : "changed";
      throw new Failure(kind, `a plug-in cannot undo in Premiere: ${byHand(receipt.steps)}, then ask again`);
    }
  }
}

module.exports = { Answers };
