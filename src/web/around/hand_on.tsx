/// <reference lib="dom" />
/** The forms in which the incident can be handed on, as a dialog. */
import { useEffect, useRef } from "preact/hooks";
import { visible } from "../../words/escape.ts";
import { FORM_TEXTS } from "../../words/forms.ts";
import { closeHandingOn, download, handedOn, handingOn } from "../state/handing_on.ts";

/** The list of forms; each is a button that downloads a file. */
export function HandOn({ id }: { id: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = handingOn.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      class="help hand-on"
      aria-labelledby="hand-on-title"
      onClose={closeHandingOn}
    >
      <h2 id="hand-on-title">Hand on the whole incident</h2>
      <ul>
        {FORM_TEXTS.map(({ format, what }) => (
          <li key={format}>
            <button type="button" onClick={() => download(id, format)}>
              <b class="mono">{format}</b>
              <span>{what}</span>
            </button>
          </li>
        ))}
      </ul>
      <p role="status">{visible(handedOn.value)}</p>
      <button type="button" onClick={closeHandingOn}>Close</button>
    </dialog>
  );
}
