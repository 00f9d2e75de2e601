// Berth gives an answer again while nothing is committed, so a benchmark that asks one question over and over would measure
// little more than that. Here questions differ, in an amount or a name that makes no difference to the work, and so many
// take turns that none is remembered when it comes again.

/** More than the answers that Berth keeps. */
const QUESTIONS = 1_500;

/** @param question makes one of them from a number from 0 on */
export function newQuestions(question: (index: number) => string): readonly string[] {
  return Array.from({ length: QUESTIONS }, (_, index) => question(index));
}
