// Talks to the playground server: actions over HTTP, news over a WebSocket that comes back by itself.

export class Refused extends Error {
  /** `field` names the option or input at fault, where there is one. */
  constructor(message, field = null) {
    super(message);
    this.field = field;
  }
}

/** Does `action` as `person`; resolves to its answer or rejects with Refused, whose message is for people. */
export async function ask(action, body) {
  let response;
  try {
    response = await fetch(`/page/api/${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Refused("The playground server does not answer. Is it still running?");
  }
  if (!response.ok) throw new Refused(`The playground failed at this (${response.status}).`);
  const answer = await response.json();
  if (answer.refused) throw new Refused(answer.refused, answer.field);
  return answer;
}

/** Keeps a news connection for one person; `close()` ends it. */
export class News {
  #socket = null;
  #closed = false;
  #waits = 0;

  constructor(person, { onNews, onState }) {
    this.person = person;
    this.onNews = onNews;
    this.onState = onState;
    this.#connect();
  }

  #connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/page/news?as=${encodeURIComponent(this.person)}`);
    this.#socket = socket;
    socket.addEventListener("message", (event) => {
      this.#waits = 0;
      if (!this.#closed) this.onNews(JSON.parse(event.data));
    });
    socket.addEventListener("open", () => !this.#closed && this.onState("open"));
    socket.addEventListener("close", () => {
      if (this.#closed) return;
      this.onState("lost");
      const delay = Math.min(8000, 250 * 2 ** this.#waits++);
      setTimeout(() => !this.#closed && this.#connect(), delay);
    });
  }

  close() {
    this.#closed = true;
    this.#socket.close();
  }
}
