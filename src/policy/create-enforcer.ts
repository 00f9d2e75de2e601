// The enforcer that is in force: rules from files and defaults, kept up with the files. Files are looked at before a
// decision, at most every 5 ms: about as fine as the clock of most file systems (4 ms), which could not tell changes apart.

import type { Caller } from '../auth/caller.ts';
import { ALLOWED_SCOPES, type Scope } from './default-rules.ts';
import type { PolicyEnforcer, PolicyTarget } from './enforcer.ts';
import { evaluate, type RemoteQuestion, type Verdict } from './evaluate.ts';
import { findPolicyFiles, type PolicyFileLocations, readPolicyFiles } from './policy-files.ts';
import { askRemote, assertReadable, type RemoteCheckOptions } from './remote-check.ts';
import { buildRuleSet, type RuleSet, type RuleSetOptions } from './rule-set.ts';
import type { PolicyRule } from './rules.ts';

export interface PolicyEnforcerOptions extends PolicyFileLocations, RuleSetOptions {
  /** Refuse callers whose scope an operation does not allow. */
  readonly enforceScope: boolean;
  readonly remote: RemoteCheckOptions;
}

/**
 * One line, no identifiers of callers. A hint is about files that work, an error about a decision that cannot be made as
 * the operator wants it.
 */
type OnTrouble = (message: string, level: 'warn' | 'error') => void;

/**
 * Reads the policy. Throws PolicyFileError when a file cannot be used, StartRefusedError when one for `https:` cannot; later on, the rules that were good stay in force
 * then (operations §3.7).
 *
 * @param onTrouble told once of everything an operator should know
 */
export async function createPolicyEnforcer(options: PolicyEnforcerOptions, onTrouble: OnTrouble): Promise<FilePolicy> {
  assertReadable(options.remote);
  return new FilePolicyEnforcer(options, onTrouble);
}

/** An enforcer that keeps up with its files by itself, and at once when it is told to. */
export interface FilePolicy extends PolicyEnforcer {
  /** Loads the files anew if they changed. What goes wrong is said once, and the rules from before stay in force. */
  keepUp(): void;
}

/** To a client the next request; a busy service would look for a dozen paths several hundred times a second. */
const LOOK_INTERVAL_MS = 5;
/** A file that was written this shortly before it was read may be written again without its time showing it. */
const SETTLING_MS = 50;

class FilePolicyEnforcer implements FilePolicy {
  readonly #options: PolicyEnforcerOptions;
  readonly #onTrouble: OnTrouble;
  #rules: RuleSet;
  #main: string | null = null;
  /** What the rules in force, or the failure to replace them, were made from. */
  #fingerprint = '';
  #settled = false;
  #lookedAtMs = 0;
  #said = new Set<string>();
  readonly #unreachable = new Set<string>();

  constructor(options: PolicyEnforcerOptions, onTrouble: OnTrouble) {
    this.#options = options;
    this.#onTrouble = onTrouble;
    this.#rules = this.#load();
  }

  allows(rule: PolicyRule, caller: Caller, target: PolicyTarget): boolean | Promise<boolean> {
    if (performance.now() - this.#lookedAtMs >= LOOK_INTERVAL_MS) this.keepUp();
    if (!this.#scopeFits(rule, caller)) return false;
    const verdict = evaluate(
      { kind: 'rule', name: rule },
      {
        findRule: this.#rules.find,
        rule,
        caller,
        target,
        askRemote: (url, urlText, question) => this.#ask(url, urlText, question),
      },
    );
    return typeof verdict === 'string' ? verdict === 'pass' : verdict.then((found) => found === 'pass');
  }

  #scopeFits(rule: PolicyRule, caller: Caller): boolean {
    const scope = scopeOf(caller);
    if (ALLOWED_SCOPES.includes(scope)) return true;
    if (!this.#options.enforceScope) {
      this.#sayOnce(`${rule} was asked for with a ${scope}-scoped token; with enforce_scope it would be refused`);
    }
    return !this.#options.enforceScope;
  }

  keepUp(): void {
    this.#lookedAtMs = performance.now();
    try {
      this.#rules = this.#load();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#sayOnce(`${reason}; the rules from before stay in force`, 'error');
    }
  }

  #load(): RuleSet {
    const startedMs = Date.now();
    const found = findPolicyFiles(this.#options);
    const isKnown = found.fingerprint === this.#fingerprint;
    if (isKnown && this.#settled) return this.#rules;

    if (!isKnown) this.#said = new Set();
    this.#fingerprint = found.fingerprint;
    this.#settled = found.newestMs < startedMs - SETTLING_MS;
    const { rules, warnings } = readPolicyFiles(found);
    const ruleSet = buildRuleSet(rules, this.#options);
    if (this.#main !== null && found.main === null) {
      this.#sayOnce(`policy file ${this.#main} is gone; the defaults hold for its rules`);
    }
    this.#main = found.main;
    for (const warning of [...warnings, ...ruleSet.warnings]) this.#sayOnce(warning);
    return ruleSet;
  }

  async #ask(url: string, urlText: string, question: RemoteQuestion): Promise<Verdict> {
    try {
      const isTrue = await askRemote(url, question, this.#options.remote);
      if (this.#unreachable.delete(urlText)) this.#onTrouble(`policy check ${urlText} is answered again`, 'warn');
      return isTrue ? 'pass' : 'fail';
    } catch {
      // The error may hold the whole URL, and with it identifiers of the caller: only the text of the rule is shown.
      if (!this.#unreachable.has(urlText)) {
        this.#unreachable.add(urlText);
        this.#onTrouble(`policy check ${urlText} got no usable answer; callers are refused`, 'error');
      }
      return 'broken';
    }
  }

  /** Once, that is, until the files change. */
  #sayOnce(message: string, level: 'warn' | 'error' = 'warn'): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.#onTrouble(message, level);
  }
}

/** The scope of a caller; one without any counts as project-scoped (operations §3.4). */
function scopeOf(caller: Caller): Scope {
  if (caller.systemScope !== null) return 'system';
  return caller.domainId !== null ? 'domain' : 'project';
}
