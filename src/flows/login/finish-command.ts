/** The command that takes the second step of a started sign-in. */
export const finishCommand = "qbo login --finish -";
