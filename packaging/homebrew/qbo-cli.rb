# A template: scripts/homebrew.mjs fills in the address and the digest of a released package.
class QboCli < Formula
  desc "Keeps QuickBooks Online connections from the command-line"
  homepage "@HOMEPAGE@"
  url "@URL@"
  sha256 "@SHA256@"
  license "MIT"

  depends_on "node"

  on_linux do
    depends_on "libsecret"
  end

  def install
    system "npm", "install", *std_npm_args
    bin.install_symlink libexec.glob("bin/*")
  end

  test do
    ENV["QBO_STORE"] = "file"
    ENV["QBO_CONFIG_DIR"] = testpath/"config"
    ENV["QBO_STATE_DIR"] = testpath/"state"
    assert_match version.to_s, shell_output("#{bin}/qbo --version")
    assert_match "\"connections\": []", shell_output("#{bin}/qbo status --json")
  end
end
