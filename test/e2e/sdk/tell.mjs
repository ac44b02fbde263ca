/** Runs a program step by step and prints what it found as one JSON object, also when a step fails. */
export async function telling(program) {
  const told = {};
  try {
    await program((name, value) => void (told[name] = value));
  } finally {
    console.log(JSON.stringify(told));
  }
}

/** What a refusal looks like to a caller. */
export async function refusal(promise) {
  try {
    await promise;
    return "no refusal";
  } catch (error) {
    return { status: error.statusCode, code: error.code, message: error.message };
  }
}

export async function all(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}
