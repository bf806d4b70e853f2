import { expect, test } from "vitest";

import { oneJob, startBed, WORKFLOW } from "./test-bed.ts";

test("a text of several lines reaches the step as YAML reads it, with or without an expression", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: oneJob(`- run: |
    cat <<'EOF'
    {"kept": 'as it''s', "ref": "\${{ github.ref_name }}"}
      deeper \${{ format('{0}}}', 'x') }}
    EOF
- run: >-
    echo folded
    \${{ github.ref_name }}
    into one
- run: "echo 'quoted \${{ github.ref_name }}\\ttab'"`),
  });
  const { log } = await bed.run();
  expect(log).toContain(`\n{"kept": 'as it''s', "ref": "main"}\n  deeper x}\n`);
  expect(log).toContain("\nfolded main into one\n");
  expect(log).toContain("\nquoted main\ttab\n");
});
