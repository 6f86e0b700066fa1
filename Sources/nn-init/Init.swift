import CommandLine
import Tensors

@main
enum Init {
  static func main() {}
}
