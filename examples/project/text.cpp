#include <string>

std::string text_for(int number)
{
    return "echo " + std::to_string(number);
}
