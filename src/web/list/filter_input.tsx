/// <reference lib="dom" />
/** The words of the filter, with suggestions of what was seen and the place of what is wrong. */
import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Suggestion, suggestions, type Words } from "../../event/filter/mod.ts";
import { visible } from "../../words/escape.ts";
import { filter, filterBy, typed } from "../state/filter.ts";

const LIST = "filter-suggestions";
const ERROR = "filter-error";
const optionId = (index: number) => `${LIST}-${index}`;

/** The input; `words` are read only while suggestions are shown. */
export function FilterInput({ words }: { words: ReadonlySignal<Words> }) {
  const input = useRef<HTMLInputElement>(null);
  const [caret, setCaret] = useState<number | null>(null);
  const [at, setAt] = useState(-1);
  const text = typed.value;
  const { wrong } = filter.value;
  // Without a caret the reader is elsewhere, or has closed the list.
  const offers = caret === null ? [] : suggestions(text, Math.min(caret, text.length), words.value);

  useEffect(() => {
    if (at >= 0) document.getElementById(optionId(at))?.scrollIntoView({ block: "nearest" });
  }, [at]);

  function close() {
    setCaret(null);
    setAt(-1);
  }

  function take({ text: word, from, to }: Suggestion) {
    const behind = text.slice(to);
    const next = `${text.slice(0, from)}${word}${behind === "" ? " " : behind}`;
    filterBy(next);
    setAt(-1);
    const place = from + word.length + (behind === "" ? 1 : 0);
    setCaret(place);
    requestAnimationFrame(() => input.current?.setSelectionRange(place, place));
  }

  function onKeyDown(event: KeyboardEvent) {
    const { length } = offers;
    // Escape closes the list first; where there is none, the page's own keys go on.
    if (event.key === "Escape") close();
    if (length === 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "ArrowDown") setAt((at + 1) % length);
    else if (event.key === "ArrowUp") setAt((Math.max(at, 0) + length - 1) % length);
    else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) take(offers[at]!);
    else if (event.key !== "Escape") return;
    event.preventDefault();
  }

  return (
    <div class="filter-box">
      <input
        id="filter"
        ref={input}
        type="text"
        role="combobox"
        aria-label="filter flows"
        aria-expanded={offers.length > 0}
        aria-controls={LIST}
        aria-autocomplete="list"
        aria-activedescendant={at >= 0 && at < offers.length ? optionId(at) : undefined}
        aria-invalid={wrong !== null}
        aria-describedby={wrong === null ? undefined : ERROR}
        placeholder="filter: host 10.0.0.7 and outcome dropped"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        value={text}
        onInput={(event) => {
          filterBy(event.currentTarget.value);
          setCaret(event.currentTarget.selectionStart);
          setAt(-1);
        }}
        onFocus={(event) => setCaret(event.currentTarget.selectionStart)}
        onClick={(event) => setCaret(event.currentTarget.selectionStart)}
        onBlur={close}
        onKeyDown={onKeyDown}
      />
      {text !== "" && (
        <button
          type="button"
          class="clear"
          aria-label="remove the filter"
          onClick={() => filterBy("")}
        >
          ×
        </button>
      )}
      <ul
        id={LIST}
        class="suggestions"
        role="listbox"
        aria-label="suggestions"
        hidden={offers.length === 0}
      >
        {offers.map((offer, i) => (
          <li
            key={offer.text}
            id={optionId(i)}
            role="option"
            class="mono"
            aria-selected={i === at}
            // Before the input loses the focus, which would close the list.
            onMouseDown={(event) => {
              event.preventDefault();
              take(offer);
            }}
          >
            {visible(offer.text).slice(0, 120)}
          </li>
        ))}
      </ul>
      {
        /* While words are typed that may become right, the list says what could stand there. */
        wrong !== null && offers.length === 0 && <FilterError message={wrong} />
      }
    </div>
  );
}

/** The message, and the filter with a caret below the place. */
function FilterError({ message }: { message: string }) {
  const [what = "", ...place] = message.split("\n");
  return (
    <div id={ERROR} class="filter-error" role="status">
      <p>{visible(what.replace(/^Cannot read filter/, "Cannot read this"))}</p>
      <pre>{place.map((line) => line.slice(2)).join("\n")}</pre>
    </div>
  );
}
