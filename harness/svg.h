// Writes the elements of an SVG, one a line, with texts and numbers made safe. Pure.
#pragma once

#include <string>
#include <string_view>

namespace harness {

// Text as it may stand in an element or in an attribute; XML has no way to say a
// control character, which becomes a space.
std::string EscapedXml(std::string_view text);

// Coordinates are pixels at the picture's natural size. `css` are class names.
class SvgWriter {
 public:
  // <svg> with <title> and <desc>, the style sheet, and a page in the class "page".
  SvgWriter(double width, double height, std::string_view title, std::string_view description,
            std::string_view style);

  // `anchor` is "start", "middle" or "end".
  void Text(double x, double y, std::string_view css, std::string_view anchor,
            std::string_view text);
  void Line(double x1, double y1, double x2, double y2, std::string_view css);
  void Rect(double x, double y, double width, double height, std::string_view css);
  void Disc(double x, double y, double radius, std::string_view css);
  // Its tip at (x, y), 14 wide and 10 high.
  void Triangle(double x, double y, std::string_view css);

  [[nodiscard]] std::string Finish() &&;

 private:
  std::string svg_;
};

}  // namespace harness
