export const usageErrors = {
  /** A wrong word on the command line: exit code 2. */
  usage: ({ problem, help }: { readonly problem: string; readonly help: string }) => `${problem} See \`${help}\`.`,
};
