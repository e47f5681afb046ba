// Unpacks the Chromium of @sparticuz/chromium, with the libraries and fonts of a bare machine, to $TMPDIR.
process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs22.x"; // its word for: no system library is there
const { default: chromium } = await import("@sparticuz/chromium");
await chromium.executablePath();
