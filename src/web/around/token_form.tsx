/// <reference lib="dom" />
/** Asks for a token when the ingest answers 401 or 403. It is kept for this tab. */
import { token } from "../live/token.ts";

/** The form. `why` says what the ingest refused; `onToken` is called when a token is kept. */
export function TokenForm({ why, onToken }: { why: string; onToken: () => void }) {
  function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const value = (form.elements.namedItem("token") as HTMLInputElement).value.trim();
    if (value === "") return;
    token.set(value);
    onToken();
  }
  return (
    <form class="token" onSubmit={submit}>
      <h2>A token is needed</h2>
      <p role="alert">{why.slice(0, 300)}</p>
      <p class="quiet">
        The one who runs the ingest can make one with the role “viewer”. It stays in this tab.
      </p>
      <label>
        Token{" "}
        <input
          name="token"
          type="password"
          pattern="[!-~]+"
          title="letters, digits and marks, no spaces"
          autocomplete="off"
          spellcheck={false}
          required
        />
      </label>
      <button type="submit">Show the incident</button>
    </form>
  );
}
