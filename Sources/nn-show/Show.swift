import CommandLine
import Tensors

@main
enum Show {
  static func main() {}
}
