// A model goes to the server by HTTP and not through the circuit, whose messages are limited to 32 KB.
export async function publish(input, project, bump, notes, refusal) {
  const file = input.files?.[0];
  if (!file) { return { status: 0, body: "" }; }
  const model = await file.text();
  const versions = `/api/v1/projects/${encodeURIComponent(project)}/versions`;
  let answer = await fetch(versions, send({ model, bump, notes }));
  if (answer.status === 404) {
    // A new project is made only for a model that can be published: a refused one leaves nothing behind.
    const checked = await fetch("/api/v1/projects/validation", send({ model }));
    const errors = checked.ok ? await checked.json() : [];
    if (errors.some((problem) => problem.severity === "error")) {
      return { status: 422, body: JSON.stringify({ detail: refusal, errors }) };
    }
    const created = await fetch("/api/v1/projects", send({ name: project, description: "" }));
    if (!created.ok) { return { status: created.status, body: await created.text() }; }
    answer = await fetch(versions, send({ model, bump, notes }));
  }
  return { status: answer.status, body: await answer.text() };
}

export function nameOf(input) {
  const name = input.files?.[0]?.name ?? "";
  return name.replace(/\.[^.]*$/, "").replace(/[^A-Za-z0-9._-]/g, "-");
}

function send(body) {
  return {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() },
    body: JSON.stringify(body),
  };
}
