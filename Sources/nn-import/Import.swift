import CommandLine
import Tensors

@main
enum Import {
  static func main() {}
}
