"use strict";

/** @import { TickTime } from "@adobe/premierepro" */

const { Failure } = require("./failure.js");

// Premiere's unit of time: every usual frame rate and sample rate has a whole number of ticks.
const TICKS_PER_SECOND = 254016000000;

/**
 * @param {number[]} rate frames per second, a numerator and a denominator that may be left out
 * @returns {number}
 */
function ticksPerFrame([num, den = 1]) {
  const ticks = (TICKS_PER_SECOND * den) / num;
  if (!Number.isInteger(ticks)) {
    throw new Failure("unsupported", `${num}/${den} frames a second are no whole number of Premiere's ticks`);
  }
  return ticks;
}

/**
 * Ticks as Premiere takes them, text. Past 2^53 of them, at 9 h 51 min, a number would be inexact.
 *
 * @param {number} frames
 * @param {number} perFrame
 */
function ticksOf(frames, perFrame) {
  const ticks = frames * perFrame;
  if (!Number.isSafeInteger(ticks)) {
    throw new Failure("unsupported", "the place is later than 9 h 50 min in the sequence");
  }
  return String(ticks);
}

/**
 * The frame nearest to a time: sound may be cut between frames.
 *
 * @param {TickTime} time
 * @param {number} perFrame
 */
function frameOf(time, perFrame) {
  return Math.round(Number(time.ticks) / perFrame);
}

module.exports = { frameOf, ticksOf, ticksPerFrame };
