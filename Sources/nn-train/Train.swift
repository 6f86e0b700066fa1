import CommandLine
import Tensors

@main
enum Train {
  static func main() {}
}
