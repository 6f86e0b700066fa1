import CommandLine
import Tensors

@main
enum Export {
  static func main() {}
}
