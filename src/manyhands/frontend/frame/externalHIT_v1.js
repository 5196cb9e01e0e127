/* The four functions of MTurk's externalHIT_v1.js, for templates that load it. Written anew from its
   documentation; where MTurk read the frame's address, this reads the assignment the frame is for. */
function turkGetParam(name, defaultValue) {
  const element = document.getElementById("manyhands-data");
  const known = element ? JSON.parse(element.textContent).turk || {} : {};
  if (name in known) return known[name];
  const found = new URLSearchParams(window.location.search).get(name);
  return found === null ? (defaultValue === undefined ? "" : defaultValue) : found;
}

function decode(text) {
  return decodeURIComponent(String(text).replace(/\+/g, " "));
}

function turkGetSubmitToHost() {
  return turkGetParam("turkSubmitTo", window.location.origin);
}

function turkSetAssignmentID(form, button) {
  const assignment = turkGetParam("assignmentId", "");
  const field = document.getElementById("assignmentId");
  if (field) field.value = assignment;
  const submit = button || document.getElementById("submitButton");
  if (assignment === "ASSIGNMENT_ID_NOT_AVAILABLE" && submit) {
    submit.disabled = true;
    submit.value = "You must ACCEPT the HIT before you can submit the results.";
  }
  // The form already posts to the platform.
  return form || document.getElementById("mturk_form");
}
